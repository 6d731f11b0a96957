"""How is each format written?"""
