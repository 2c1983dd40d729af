use super::*;

fn gathered(option: Option<&str>, toml: &str, variables: &[(&str, &str)]) -> (Choice, Vec<String>) {
    let option = option.map(|text| text.parse().unwrap());
    let written = toml::from_str(toml).unwrap();
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Choice::gather(option.as_ref(), &written, &variable)
}

fn places(choice: &Choice) -> Vec<String> {
    choice.places.iter().map(|place| place.address.to_string()).collect()
}

#[test]
fn nothing_is_looked_for_that_nobody_set_up() {
    let (choice, warnings) = gathered(None, "", &[("OLLAMA_MODEL_PLAN", "x"), ("OLLAMA_NUM_GPU", "many")]);
    assert_eq!((choice.wanted, choice.said_by, choice.places.len(), warnings.len()), (Wanted::Off, None, 0, 0));
}

#[test]
fn option_before_variable_before_settings() {
    let settings = "enabled = \"lmstudio\"";
    let host = ("OLLAMA_HOST", "127.0.0.1:9");
    let said = |option, settings, variables: &[_]| {
        let (choice, warnings) = gathered(option, settings, variables);
        assert!(warnings.is_empty(), "{warnings:?}");
        (choice.said_by, places(&choice).join(" "))
    };
    assert_eq!(
        said(Some("http://localhost:8080"), settings, &[("ASK_NIX_MODEL", "ollama")]),
        (Some("--model"), "http://localhost:8080".to_owned())
    );
    assert_eq!(
        said(None, settings, &[("ASK_NIX_MODEL", "ollama"), host]),
        (Some("ASK_NIX_MODEL"), "http://127.0.0.1:9".to_owned())
    );
    assert_eq!(said(None, settings, &[]), (Some("settings"), "http://127.0.0.1:1234".to_owned()));
    assert_eq!(said(None, "", &[host]), (Some("OLLAMA_HOST"), "http://127.0.0.1:9".to_owned()));
    assert_eq!(said(None, "enabled = \"off\"", &[host]).1, "");
    assert_eq!(said(Some("off"), settings, &[host, ("ASK_NIX_MODEL", "auto")]).1, "");
    assert_eq!(said(None, "", &[("LMSTUDIO_HOST", "localhost")]).1, "http://localhost:1234");
    let both = "http://127.0.0.1:11434 http://127.0.0.1:1234";
    assert_eq!(said(None, "enabled = \"auto\"", &[]).1, both);
    assert_eq!(said(Some("auto"), "", &[]).1, both);
    let base = "enabled = \"openai\"\nbase_url = \"http://127.0.0.1:8080/v1\"";
    assert_eq!(said(None, base, &[]).1, "http://127.0.0.1:8080");
}

#[test]
fn models_and_temperatures_by_task() {
    let toml = "enabled = \"ollama\"\nmodel = \"all\"\n[mode.review]\nmodel = \"own\"\ntemperature = 0.2";
    let (choice, warnings) = gathered(
        None,
        toml,
        &[
            ("OLLAMA_MODEL_PLAN", "plan"),
            ("LMSTUDIO_MODEL_PLAN", "studio"),
            ("OLLAMA_MODEL_BUILD", "build"),
            ("OLLAMA_TEMPERATURE_PLAN", "1.5"),
        ],
    );
    assert!(warnings.is_empty(), "{warnings:?}");
    let model = |task| choice.model(task, true);
    assert_eq!((model(Task::Plan), model(Task::Review)), (Some("plan"), Some("own")));
    assert_eq!((model(Task::Build), model(Task::Intent)), (Some("build"), Some("build")));
    assert_eq!((choice.model(Task::Plan, false), choice.model(Task::Intent, false)), (Some("studio"), Some("all")));
    let temperature = |task| choice.temperature(task, true);
    assert_eq!(format!("{:?}", TASKS.map(temperature)), "[0.0, 1.5, 0.3, 0.2]");
}

#[test]
fn bad_numbers_are_told_about_and_the_usual_ones_taken() {
    let toml = "enabled = \"auto\"\ntimeout_secs = \"soon\"\nkeep_alive = \"a while\"\n[mode.plan]\ntemperature = 7";
    let (choice, warnings) =
        gathered(None, toml, &[("LMSTUDIO_MAX_TOKENS", "lots"), ("OLLAMA_TEMPERATURE_REVIEW", "NaN")]);
    assert_eq!((choice.timeout, choice.max_tokens, choice.tuning.keep_alive.as_deref()), (None, 1024, None));
    assert_eq!((choice.temperature(Task::Plan, true), choice.temperature(Task::Review, true)), (0.7, 0.5));
    assert_eq!(warnings.len(), 5, "{warnings:?}");
    let (choice, warnings) = gathered(None, "", &[("ASK_NIX_MODEL", "llama3"), ("OLLAMA_HOST", "x")]);
    assert_eq!((choice.wanted, warnings.len()), (Wanted::Off, 1));
    let (choice, warnings) = gathered(None, "", &[("OLLAMA_HOST", "ftp://x")]);
    assert_eq!((choice.places.len(), warnings.len()), (0, 1));
}

#[test]
fn a_token_goes_to_its_own_server() {
    let tokens = [("LM_API_TOKEN", "studio"), ("ASK_NIX_MODEL_TOKEN", "own")];
    let token = |option| gathered(Some(option), "", &tokens).0.places[0].token.clone().map(|token| token.0);
    assert_eq!(token("lmstudio").as_deref(), Some("studio"));
    assert_eq!(token("http://localhost:8080").as_deref(), Some("own"));
    assert_eq!(token("ollama"), None);
}

#[test]
fn times_are_told_from_words() {
    assert!(["30m", "600", "-1", "1h30m", "0.5h"].iter().all(|time| is_duration(time)));
    assert!(["", "soon", "m", "-", "30 m", "1..2s"].iter().all(|time| !is_duration(time)));
}
