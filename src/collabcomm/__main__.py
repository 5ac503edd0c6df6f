"""``python -m collabcomm``."""

from collabcomm.cli import main

main(prog_name="collabcomm")
