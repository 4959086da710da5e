return Saltus.Benchmarks.Torch.TorchProgram.Run(args);
