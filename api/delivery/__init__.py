"""How does an answer reach the client fast, and in flat memory?"""
