"""The kernel: everything a record of any kind shares. It never asks which kind it has."""
