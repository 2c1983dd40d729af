use ask_nix::teach::{Level, Tutor};
#[test]
fn dump() {
    let tutor = Tutor::default();
    let mut out = String::new();
    let dir = std::path::Path::new("/work/shared/data/nix-errors");
    let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    names.sort();
    for case in names {
        for version in ["nix-2.34", "nix-2.8", "internal-json"] {
            let Ok(text) = std::fs::read_to_string(case.join(format!("{version}.txt"))) else { continue };
            let found = tutor.diagnose_text(&text);
            out += &format!("==== {} {version}\n", case.file_name().unwrap().to_string_lossy());
            for (n, d) in found.iter().enumerate() {
                out += &format!(
                    "{} | {} | {:?}\n   {}\n",
                    d.id,
                    d.root_cause,
                    d.severity,
                    serde_json::to_string(&d.bindings).unwrap()
                );
                if n == 0 && version == "nix-2.34" {
                    if let Some(l) = tutor.error_lesson(d, Level::Full) {
                        out += &format!(
                            "# {}\n{}\n-- why\n{}\n-- fix\n* {}\n-- next {}\n",
                            l.title,
                            l.what,
                            l.why,
                            l.fix.join("\n* "),
                            l.next
                        );
                    }
                }
            }
        }
    }
    std::fs::write("/tmp/h5-dump.txt", out).unwrap();
}
#[test]
fn cold() {
    for text in ["error: attribute 'firefx' missing", "error: undefined variable 'x'"] {
        let start = std::time::Instant::now();
        let tutor = Tutor::default();
        tutor.diagnose_text(text);
        eprintln!("cold {:?}", start.elapsed());
    }
}
