"""What the fake platforms share: the server, the checks of requests, tokens."""
