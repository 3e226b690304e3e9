"""Corpora of any size in the real model, made up, and what is measured on them. Not part of the installed package."""
