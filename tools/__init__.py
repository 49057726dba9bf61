"""What set-up and start need beside the product itself."""
