"""What stands on the pages for people?"""
