return Saltus.Cli.Tool.Run(args);
