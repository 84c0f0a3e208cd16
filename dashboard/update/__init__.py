"""The update writer: figures of a period, the sentences about them, and the text to take away. Pure."""
