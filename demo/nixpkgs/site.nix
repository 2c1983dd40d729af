# Where this machine lives. The placeholder becomes the absolute path of its directory when the machine is made.
# `tools` holds the four programs a builder needs and a shell lacks: mkdir, ln, chmod and sleep.
{
  root = "@root@";
  tools = "@root@/tools";
}
