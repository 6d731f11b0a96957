"""Who may do what here?"""
