print("nns is being built")
