//! What people say instead of a time zone, a keyboard layout or a locale: cities, countries and languages.

/// The zone of a city or country, by names of one or two words.
const ZONES: [(&str, &[&str]); 78] = [
    ("Europe/Berlin", &["berlin", "germany", "german", "hamburg", "munich", "cologne", "frankfurt"]),
    ("Europe/Paris", &["paris", "france", "french", "lyon", "marseille"]),
    ("Europe/London", &["london", "uk", "britain", "british", "england", "scotland", "manchester", "edinburgh"]),
    ("Europe/Madrid", &["madrid", "spain", "spanish", "barcelona", "valencia", "seville"]),
    ("Europe/Rome", &["rome", "italy", "italian", "milan", "naples", "turin"]),
    ("Europe/Vienna", &["vienna", "austria", "austrian"]),
    ("Europe/Zurich", &["zurich", "switzerland", "swiss", "geneva", "basel", "bern"]),
    ("Europe/Amsterdam", &["amsterdam", "netherlands", "holland", "dutch", "rotterdam"]),
    ("Europe/Brussels", &["brussels", "belgium", "belgian", "antwerp"]),
    ("Europe/Luxembourg", &["luxembourg"]),
    ("Europe/Lisbon", &["lisbon", "portugal", "portuguese", "porto"]),
    ("Europe/Dublin", &["dublin", "ireland", "irish"]),
    ("Europe/Oslo", &["oslo", "norway", "norwegian", "bergen"]),
    ("Europe/Stockholm", &["stockholm", "sweden", "swedish", "gothenburg"]),
    ("Europe/Copenhagen", &["copenhagen", "denmark", "danish", "aarhus"]),
    ("Europe/Helsinki", &["helsinki", "finland", "finnish"]),
    ("Europe/Tallinn", &["tallinn", "estonia", "estonian"]),
    ("Europe/Riga", &["riga", "latvia", "latvian"]),
    ("Europe/Vilnius", &["vilnius", "lithuania", "lithuanian"]),
    ("Europe/Warsaw", &["warsaw", "poland", "krakow", "gdansk"]),
    ("Europe/Prague", &["prague", "czechia", "czech", "brno"]),
    ("Europe/Bratislava", &["bratislava", "slovakia", "slovak"]),
    ("Europe/Budapest", &["budapest", "hungary", "hungarian"]),
    ("Europe/Bucharest", &["bucharest", "romania", "romanian"]),
    ("Europe/Sofia", &["sofia", "bulgaria", "bulgarian"]),
    ("Europe/Belgrade", &["belgrade", "serbia", "serbian"]),
    ("Europe/Zagreb", &["zagreb", "croatia", "croatian"]),
    ("Europe/Ljubljana", &["ljubljana", "slovenia", "slovenian"]),
    ("Europe/Athens", &["athens", "greece", "greek"]),
    ("Europe/Istanbul", &["istanbul", "turkey", "turkish", "ankara"]),
    ("Europe/Moscow", &["moscow", "saint petersburg"]),
    ("Europe/Kyiv", &["kyiv", "kiev", "ukraine", "ukrainian"]),
    ("Europe/Minsk", &["minsk", "belarus"]),
    ("Atlantic/Reykjavik", &["reykjavik", "iceland", "icelandic"]),
    ("America/New_York", &["new york", "boston", "washington", "miami", "atlanta", "philadelphia", "eastern time"]),
    ("America/Chicago", &["chicago", "houston", "dallas", "austin", "minneapolis", "central time"]),
    ("America/Denver", &["denver", "salt lake", "mountain time"]),
    ("America/Phoenix", &["phoenix", "arizona"]),
    ("America/Los_Angeles", &["los angeles", "san francisco", "seattle", "portland", "california", "pacific time"]),
    ("America/Anchorage", &["anchorage", "alaska"]),
    ("Pacific/Honolulu", &["honolulu", "hawaii"]),
    ("America/Toronto", &["toronto", "ottawa", "montreal"]),
    ("America/Vancouver", &["vancouver"]),
    ("America/Halifax", &["halifax"]),
    ("America/Mexico_City", &["mexico city", "mexico"]),
    ("America/Sao_Paulo", &["sao paulo", "são paulo", "brazil", "brasilia", "rio"]),
    ("America/Argentina/Buenos_Aires", &["buenos aires", "argentina"]),
    ("America/Santiago", &["santiago", "chile"]),
    ("America/Bogota", &["bogota", "colombia"]),
    ("America/Lima", &["lima", "peru"]),
    ("America/Caracas", &["caracas", "venezuela"]),
    ("Africa/Cairo", &["cairo", "egypt"]),
    ("Africa/Lagos", &["lagos", "nigeria"]),
    ("Africa/Nairobi", &["nairobi", "kenya"]),
    ("Africa/Johannesburg", &["johannesburg", "cape town", "south africa"]),
    ("Africa/Casablanca", &["casablanca", "morocco"]),
    ("Asia/Jerusalem", &["jerusalem", "israel", "tel aviv"]),
    ("Asia/Dubai", &["dubai", "abu dhabi", "emirates"]),
    ("Asia/Riyadh", &["riyadh"]),
    ("Asia/Tehran", &["tehran", "iran"]),
    ("Asia/Karachi", &["karachi", "pakistan", "lahore"]),
    ("Asia/Kolkata", &["kolkata", "calcutta", "india", "mumbai", "delhi", "new delhi", "bangalore", "chennai"]),
    ("Asia/Dhaka", &["dhaka", "bangladesh"]),
    ("Asia/Bangkok", &["bangkok", "thailand"]),
    ("Asia/Ho_Chi_Minh", &["ho chi", "vietnam", "hanoi", "saigon"]),
    ("Asia/Jakarta", &["jakarta", "indonesia"]),
    ("Asia/Kuala_Lumpur", &["kuala lumpur", "malaysia"]),
    ("Asia/Singapore", &["singapore"]),
    ("Asia/Manila", &["manila", "philippines"]),
    ("Asia/Hong_Kong", &["hong kong"]),
    ("Asia/Taipei", &["taipei", "taiwan"]),
    ("Asia/Shanghai", &["shanghai", "china", "beijing", "shenzhen"]),
    ("Asia/Seoul", &["seoul", "korea"]),
    ("Asia/Tokyo", &["tokyo", "japan", "osaka", "kyoto"]),
    ("Australia/Sydney", &["sydney", "canberra"]),
    ("Australia/Melbourne", &["melbourne"]),
    ("Pacific/Auckland", &["auckland", "new zealand", "wellington"]),
    ("UTC", &["utc", "gmt", "zulu", "universal time"]),
];

/// A layout of the keyboard and a locale, by the language and the country. Where a country speaks a language of its own,
/// it stands before the language.
const LANGUAGES: [(&str, &str, &[&str]); 36] = [
    ("br", "pt_BR.UTF-8", &["brazilian", "brazil", "brasil"]),
    ("ch", "de_CH.UTF-8", &["swiss", "switzerland"]),
    ("at", "de_AT.UTF-8", &["austrian", "austria"]),
    ("ca", "en_CA.UTF-8", &["canadian", "canada"]),
    ("gb", "en_GB.UTF-8", &["british", "uk", "britain", "england", "united kingdom"]),
    ("latam", "es_MX.UTF-8", &["mexican", "mexico", "latin american"]),
    ("de", "de_DE.UTF-8", &["german", "germany", "deutsch", "qwertz"]),
    ("fr", "fr_FR.UTF-8", &["french", "france", "azerty"]),
    ("es", "es_ES.UTF-8", &["spanish", "spain"]),
    ("it", "it_IT.UTF-8", &["italian", "italy"]),
    ("pt", "pt_PT.UTF-8", &["portuguese", "portugal"]),
    ("nl", "nl_NL.UTF-8", &["dutch", "netherlands"]),
    ("be", "nl_BE.UTF-8", &["belgian", "belgium"]),
    ("se", "sv_SE.UTF-8", &["swedish", "sweden"]),
    ("no", "nb_NO.UTF-8", &["norwegian", "norway"]),
    ("dk", "da_DK.UTF-8", &["danish", "denmark"]),
    ("fi", "fi_FI.UTF-8", &["finnish", "finland"]),
    ("is", "is_IS.UTF-8", &["icelandic", "iceland"]),
    ("pl", "pl_PL.UTF-8", &["polish", "poland"]),
    ("cz", "cs_CZ.UTF-8", &["czech", "czechia"]),
    ("sk", "sk_SK.UTF-8", &["slovak", "slovakia"]),
    ("hu", "hu_HU.UTF-8", &["hungarian", "hungary"]),
    ("ro", "ro_RO.UTF-8", &["romanian", "romania"]),
    ("bg", "bg_BG.UTF-8", &["bulgarian", "bulgaria"]),
    ("hr", "hr_HR.UTF-8", &["croatian", "croatia"]),
    ("rs", "sr_RS.UTF-8", &["serbian", "serbia"]),
    ("gr", "el_GR.UTF-8", &["greek", "greece"]),
    ("tr", "tr_TR.UTF-8", &["turkish", "turkey"]),
    ("ru", "ru_RU.UTF-8", &["russian", "russia"]),
    ("ua", "uk_UA.UTF-8", &["ukrainian", "ukraine"]),
    ("il", "he_IL.UTF-8", &["hebrew", "israel"]),
    ("ara", "ar_EG.UTF-8", &["arabic"]),
    ("jp", "ja_JP.UTF-8", &["japanese", "japan"]),
    ("kr", "ko_KR.UTF-8", &["korean", "korea"]),
    ("cn", "zh_CN.UTF-8", &["chinese", "china"]),
    ("us", "en_US.UTF-8", &["english", "american", "america", "qwerty", "usa"]),
];

/// Whether one of these names stands in a text, as whole words, and is `meant`: not what the machine only believes, or what
/// was there before.
fn names(said: &str, names: &[&str], meant: bool) -> bool {
    const WRONG: [&str; 12] = [
        "thinks", "think", "thought", "believes", "shows", "showing", "says", "instead", "from", "not", "than", "left",
    ];
    let said = format!(" {said} ");
    names.iter().any(|name| {
        said.find(&format!(" {name} ")).is_some_and(|place| {
            let before = said[..place].split(' ').rev().take_while(|word| *word != "but").take(5);
            !meant || !before.into_iter().any(|word| WRONG.contains(&word))
        })
    })
}

/// The time zone that a text names by a city or a country.
pub(super) fn zone(said: &str) -> Option<&'static str> {
    let find = |meant| ZONES.iter().find(|(_, places)| names(said, places, meant));
    find(true).or_else(|| find(false)).map(|(zone, _)| *zone)
}

/// The layout of the keyboard, as X calls it, and the locale that a text names by a language or a country.
pub(super) fn language(said: &str) -> Option<(&'static str, &'static str)> {
    let find = |meant| LANGUAGES.iter().find(|(_, _, places)| names(said, places, meant));
    find(true).or_else(|| find(false)).map(|(layout, locale, _)| (*layout, *locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_name_wins() {
        assert_eq!(zone("set my clock to new york time"), Some("America/New_York"));
        assert_eq!(zone("the york shire"), None);
        assert_eq!(zone("it thinks we are in london but this computer stands in nairobi"), Some("Africa/Nairobi"));
        assert_eq!(language("brazilian portuguese please"), Some(("br", "pt_BR.UTF-8")));
        assert_eq!(language("a swiss german keyboard"), Some(("ch", "de_CH.UTF-8")));
        assert_eq!(language("british english"), Some(("gb", "en_GB.UTF-8")));
    }
}
