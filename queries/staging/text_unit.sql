-- meaning: The separate questions in each text, cleaned
-- grain: one row per question of a row of input
-- role: coordinator
-- parameters: none
-- returns: staging.text_unit
select sha256, part, line, unit, text, text_hash, language, is_filler
from feeds.text_unit
