"""What Kring fetches itself. Everything that reaches the network goes through etl.collect.client."""
