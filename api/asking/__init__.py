"""What does a request ask for?"""
