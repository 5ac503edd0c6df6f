"""What goes out: results as files that other tools read."""
