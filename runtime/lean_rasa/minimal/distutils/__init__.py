"""The two functions of ``distutils`` that Rasa and Sanic use."""
