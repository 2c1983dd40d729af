# The channel as it stood when the machine was last updated.
{
  release = "25.11";
  codeName = "Xantusia";
  suffix = ".20251114.9da7f1c";
  rev = "9da7f1cf7f8a6e2a7cb3001b048546c92a8258b4";
  versions = {
    linux = "6.12.58";
    linux_latest = "6.17.8";
    nix = "2.31.2";
  };
}
