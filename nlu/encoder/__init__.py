"""The fine-tuned language model at run time."""
