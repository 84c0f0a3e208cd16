-- meaning: The themes that runs made
-- grain: one row per theme
-- role: coordinator
-- parameters: none
-- returns: staging.theme
select theme_id, label_nl, label_en, words_nl, words_en, status
from feeds.theme
