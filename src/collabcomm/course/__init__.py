"""What authors write, and how it becomes player JSON."""
