"""Small pieces of work that processes do one after the other, here or on other machines."""
