-- meaning: What the questions are about, how often, and how that changed
-- grain: one row per theme, and a last one for what is not placed
-- role: communication
-- parameters:
--   session_id text = null: One meeting; none means all
--   audience text = null: One audience; none means all
--   from_on date = null: First day of interest; none means everything so far
--   to_on date = null: Last day of interest
-- returns:
--   theme_id text: The theme; empty for what is not placed
--   label_nl text: Name in Dutch
--   label_en text: Name in English
--   label_source text: auto, or person once somebody named it
--   texts integer texts: Texts with this as their main theme; the same text of one person at one meeting counts once
--   askers integer persons: People who asked; empty when no names are known
--   share number share: Of all placed texts; for what is not placed, of all texts
--   change number share: Share minus the share in the 12 months before; empty when nothing was placed then
--   low number share: The share could as well have been this low (Wilson interval, 95%)
--   high number share: or this high
--   status text: auto, proposed (new, not looked at yet) or unplaced
--   sessions integer meetings: Meetings at which it came up
--   earlier_texts integer texts: Texts in the 12 months before; empty when nothing was placed then
--   earlier_share number share: Share in the 12 months before
--   change_is_clear boolean: Whether the intervals of now and before lie apart
--   set_aside integer texts: Texts that ask nothing and are counted nowhere else; known on the last row only
--   words_nl text: Words that tell the theme from the others, in Dutch
--   words_en text: The same in English
with period as (
    select
        coalesce($from_on::date, session.held_on) as from_on,
        coalesce($to_on::date, network.as_of) as to_on
    from core.network
    left join (
        select min(held_on) as held_on
        from marts.harvested_text
        where session_id::varchar = $session_id::varchar
    ) as session on true
),

of_audience as (
    select
        harvested_text.*,
        coalesce(session_id::varchar = $session_id::varchar, $session_id::varchar is null) as is_of_session
    from marts.harvested_text
    where $audience::varchar is null or audience = $audience::varchar
),

timed as (
    select
        of_audience.*,
        is_of_session
        and ($from_on::date is null or asked_on >= $from_on::date)
        and (
            asked_on <= period.to_on
            or ($to_on::date is null and ($session_id::varchar is not null or asked_on is null))
        ) as is_now,
        period.from_on is not null
        and ($session_id::varchar is null or not is_of_session)
        and asked_on >= (period.from_on - interval 12 months)::date
        and asked_on < period.from_on as is_earlier
    from of_audience
    cross join period
),

counted as (
    select
        theme_id,
        count(*) filter (where is_now and not coalesce(is_filler, false)) as texts,
        nullif(count(distinct person_id) filter (where is_now and not coalesce(is_filler, false)), 0) as askers,
        count(distinct session_id) filter (where is_now and not coalesce(is_filler, false)) as sessions,
        count(*) filter (where is_earlier and not coalesce(is_filler, false)) as earlier_texts,
        count(*) filter (where is_now and is_filler) as set_aside
    from timed
    group by theme_id
    having count(*) filter (where is_now or is_earlier) > 0
),

whole as (
    select
        coalesce(sum(texts) filter (where theme_id is not null), 0) as placed,
        coalesce(sum(earlier_texts) filter (where theme_id is not null), 0) as earlier_placed,
        coalesce(sum(texts), 0) as texts,
        coalesce(sum(earlier_texts), 0) as earlier_texts
    from counted
),

listed as (
    select theme_id, texts, askers, sessions, earlier_texts, null::bigint as set_aside
    from counted
    where theme_id is not null
    union all
    select
        null, coalesce(max(texts), 0), max(askers), coalesce(max(sessions), 0), coalesce(max(earlier_texts), 0),
        coalesce(max(set_aside), 0)
    from counted
    where theme_id is null
    having exists (from counted)
),

shared as (
    select
        listed.* exclude (earlier_texts),
        nullif(if(theme_id is null, whole.texts, placed), 0) as size,
        nullif(if(theme_id is null, whole.earlier_texts, earlier_placed), 0) as earlier_size,
        if(earlier_placed = 0, null, listed.earlier_texts) as earlier_texts,
        listed.texts / nullif(if(theme_id is null, whole.texts, placed), 0)::double as share,
        if(earlier_placed = 0, null, listed.earlier_texts / if(theme_id is null, whole.earlier_texts, earlier_placed)::double)
            as earlier_share
    from listed
    cross join whole
),

spread as (
    select
        *,
        (share + 3.8416 / (2 * size)) / (1 + 3.8416 / size) as middle,
        1.96 * sqrt(share * (1 - share) / size + 3.8416 / (4 * size * size)) / (1 + 3.8416 / size) as half,
        (earlier_share + 3.8416 / (2 * earlier_size)) / (1 + 3.8416 / earlier_size) as earlier_middle,
        1.96 * sqrt(earlier_share * (1 - earlier_share) / earlier_size + 3.8416 / (4 * earlier_size * earlier_size))
        / (1 + 3.8416 / earlier_size) as earlier_half
    from shared
)

select
    theme_id, label_nl, label_en, label_source, texts, askers, share,
    share - earlier_share as change,
    round(middle - half, 9) as low,
    round(middle + half, 9) as high,
    coalesce(theme.status, 'unplaced') as status,
    sessions, earlier_texts, earlier_share,
    abs(middle - earlier_middle) > half + earlier_half as change_is_clear,
    set_aside, words_nl, words_en
from spread
left join core.theme using (theme_id)
order by theme_id is null, texts desc, label_nl, theme_id
