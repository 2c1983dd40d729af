# Which release this copy is: the version table beside it says so.
let info = import ../release.nix; in
{
  inherit (info) release codeName;
  versionSuffix = info.suffix;
  version = info.release + info.suffix;
  revisionWithDefault = _: info.rev;
}
