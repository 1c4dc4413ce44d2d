//! The languages that messages are written in.
//!
//! Chosen by `Accept-Language` (RFC 9110, section 12.5.4); it cannot be changed within a session (`icws/connection/index.htm`).

/// A language of messages. It is fixed for a session when it begins (`Accept-Language` of `POST /icws/connection`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English (United States).
    #[default]
    English,
    /// German (Germany).
    German,
}

impl Language {
    /// All that are there.
    pub const ALL: &[Language] = &[Language::English, Language::German];

    /// The language's tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en-US",
            Language::German => "de-DE",
        }
    }

    /// What the language is called in a language.
    pub fn name_in(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::English, Language::English) => "English (United States)",
            (Language::English, Language::German) => "German (Germany)",
            (Language::German, Language::English) => "Englisch (Vereinigte Staaten)",
            (Language::German, Language::German) => "Deutsch (Deutschland)",
        }
    }

    /// The language of a tag that was kept; English for one that is no longer there.
    pub fn of_tag(tag: &str) -> Language {
        Language::ALL
            .iter()
            .copied()
            .find(|language| language.tag() == tag)
            .unwrap_or_default()
    }

    /// The language that suits an `Accept-Language` header (RFC 9110, section 12.5.4) best: the wish of the highest weight
    /// whose primary tag is there; English if none is.
    pub fn choose(accept: &str) -> Language {
        let mut wishes: Vec<(f32, Language)> = accept.split(',').filter_map(wish).collect();
        wishes.sort_by(|one, other| other.0.total_cmp(&one.0));
        wishes
            .first()
            .map(|(_, language)| *language)
            .unwrap_or_default()
    }
}

/// One element of the header: its weight and the language it means, if that is there.
fn wish(element: &str) -> Option<(f32, Language)> {
    let mut parts = element.split(';');
    let tag = parts.next()?.trim();
    let weight = parts
        .find_map(|part| part.trim().strip_prefix("q=").map(str::trim))
        .map_or(Some(1.0), |weight| weight.parse::<f32>().ok())?;
    let primary = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let language = Language::ALL
        .iter()
        .copied()
        .find(|language| primary(language.tag()) == primary(tag))?;
    (weight > 0.0).then_some((weight, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_is_not_there_falls_back_to_english() {
        for header in [
            "en-us",
            "tlh, en;q=0.5",
            "de;q=0.1, en;q=0.5",
            "de;q=0",
            "fr",
            "*",
            "",
            ";;;",
            "en;q=nonsense",
            "x".repeat(10_000).as_str(),
        ] {
            assert_eq!(Language::choose(header), Language::English, "{header}");
        }
    }

    #[test]
    fn the_wish_of_the_highest_weight_is_met() {
        for header in ["de", "DE-at", "de-DE,de;q=0.9,en;q=0.8", "fr, de;q=0.5"] {
            assert_eq!(Language::choose(header), Language::German, "{header}");
        }
        for language in Language::ALL {
            assert_eq!(Language::choose(language.tag()), *language);
            assert_eq!(Language::of_tag(language.tag()), *language);
        }
    }
}
