-- meaning: What was asked and given, once for each meeting and asker, with its theme
-- grain: one row per text, meeting and asker
-- role: coordinator
-- parameters: none
-- returns: marts.harvested_text
select
    contribution_id, contribution.session_id, session.title as session_title, session.held_on, contribution.person_id,
    contribution.text, contribution.kind, contribution.question,
    coalesce(
        timezone(network.time_zone, timezone('UTC', contributed_at))::date, session.held_on
    ) as asked_on,
    coalesce(contribution.audience, person.audience, session.audience) as audience,
    language, is_filler, theme_id, second_theme_id, assigned_by, nearness
from core.contribution
cross join core.network
left join core.session on session.session_id = contribution.session_id
left join core.person on person.person_id = contribution.person_id
qualify row_number() over (
    partition by contribution.session_id, contribution.person_id, coalesce(text_hash, text)
    order by contributed_at, contribution.text, contribution_id
) = 1
