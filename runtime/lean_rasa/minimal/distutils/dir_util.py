"""Copying of folders; ``rasa init`` does it."""

from shutil import copytree


def copy_tree(source: str, destination: str) -> None:
    """Copies a folder's content into another, which may be there already."""
    copytree(source, destination, dirs_exist_ok=True)
