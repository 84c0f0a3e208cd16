-- meaning: What people asked and gave, in their own words
-- grain: one row per text, meeting and asker
-- role: coordinator
-- parameters:
--   theme_id text = null: One theme; none means all
--   place choice(all, placed, unplaced, set_aside) = all: Texts with a theme, without one, or that ask nothing
--   session_id text = null: One meeting; none means all
--   audience text = null: One audience; none means all
--   from_on date = null: First day of interest
--   to_on date = null: Last day of interest
-- returns:
--   contribution_id id: The text
--   text text: What was written
--   kind text: question, theme, feedback or practice_case
--   theme_id text: The main theme; empty while it fits none
--   second_theme_id text: A side theme
--   session_id id: The meeting
--   language text: nl or en
--   assigned_by text: auto, or person
--   asked_on date: Day it was asked
--   audience text: Audience of who asked
--   session_title text: Title of the meeting
--   nearness number 0-1: How near the texts most like it are
--   question text: Question it answers, as the form asked it
--   is_filler boolean: Whether it asks nothing and is counted apart
select
    contribution_id, text, kind, theme_id, second_theme_id, session_id, language, assigned_by,
    asked_on, audience, session_title, nearness, question, is_filler
from marts.harvested_text
cross join core.network
where ($theme_id::varchar is null or theme_id = $theme_id::varchar)
    and case $place::varchar
        when 'placed' then theme_id is not null
        when 'unplaced' then theme_id is null and not coalesce(is_filler, false)
        when 'set_aside' then coalesce(is_filler, false)
        else true
    end
    and ($session_id::varchar is null or session_id::varchar = $session_id::varchar)
    and ($audience::varchar is null or audience = $audience::varchar)
    and ($from_on::date is null or asked_on >= $from_on::date)
    and ($to_on::date is null or asked_on <= $to_on::date)
order by asked_on desc nulls last, text, contribution_id
