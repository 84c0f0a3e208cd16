-- meaning: What the questions are about, under the name that people gave or else the one the machine proposes
-- grain: one row per theme
-- role: coordinator
-- parameters: none
-- returns: core.theme
select
    theme_id,
    coalesce(theme_name.label_nl, theme.label_nl) as label_nl,
    coalesce(theme_name.label_en, theme_name.label_nl, theme.label_en) as label_en,
    if(theme_name.theme_id is null, 'auto', 'person') as label_source,
    theme.words_nl, theme.words_en, theme.status
from staging.theme
left join staging.theme_name using (theme_id)
