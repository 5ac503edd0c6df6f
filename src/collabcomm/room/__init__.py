"""The trainer's room: a group votes on its phones and steers a scenario."""
