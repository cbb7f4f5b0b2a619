"""Importgate: screens the parties of a supply chain against entity lists tied to Uyghur forced labour."""

__version__ = "0.1.0"
