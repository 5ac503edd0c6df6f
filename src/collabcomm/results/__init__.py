"""What an assessor takes away."""
