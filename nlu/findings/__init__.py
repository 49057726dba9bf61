"""What is reported: findings with their assertions."""
