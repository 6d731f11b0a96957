"""How does the service describe itself and what it holds, as JSON?"""
