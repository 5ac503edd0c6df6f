"""``python -m collabcomm``."""

from collabcomm.cli.main import main

main(prog_name="collabcomm")
