"""Details of the person: facts, country, replies."""
