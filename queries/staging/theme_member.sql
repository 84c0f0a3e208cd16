-- meaning: Where the runs left each text
-- grain: one row per text
-- role: coordinator
-- parameters: none
-- returns: staging.theme_member
select text_hash, theme_id, second_theme_id, assigned_by, nearness
from feeds.theme_member
