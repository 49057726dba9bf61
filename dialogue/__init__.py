"""What follows from a message, and what is said: state, policies, and the patches of Rasa."""
