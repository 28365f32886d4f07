"""What every step knows of words: folding, matching, numbers in words, sentences, and the words of each language."""
