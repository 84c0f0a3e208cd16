"""What the pages Participation, Exchange and Reach tell: facts, sentences and tables. Pure: no Streamlit.

`participation`, `exchange` and `reach` turn answers into facts, `sentences` says what they show, `tables`
lists them. The views only put these together.
"""
