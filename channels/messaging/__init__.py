"""What all messaging platforms share: from a webhook's request to the answer sent."""
