using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

/// <summary>Every set of SAE files that a peer wrote, against what the peer's own code computed from them.</summary>
public class SaeFixtureTests
{
    [Fact]
    public void Every_case_gives_the_latents_and_outputs_of_its_peer()
    {
        List<string> failures = [];
        int compared = 0;
        foreach ((string folder, string name) in Cases())
        {
            try
            {
                LoadedSae loaded = SaeReader.Read(folder, SaeHints.FromMeta(Path.Combine(folder, SaeVerification.MetaName)));
                using (loaded.Sae)
                {
                    Assert.Equal(name.Split('/')[0], loaded.Sae.Metadata.SourceFormat);
                    Assert.NotEmpty(loaded.Notes);
                    Assert.NotEmpty(loaded.Files);
                    using SaeGolden golden = new(folder);
                    golden.Compare(loaded);
                    Verify(folder, loaded);
                }

                compared++;
            }
            catch (Exception exception) when (exception is InputException or Xunit.Sdk.XunitException)
            {
                failures.Add($"{name}: {exception.Message.ReplaceLineEndings(" ")}");
            }
        }

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.True(compared > 0);
    }

    [Fact]
    public void Weights_that_stay_in_their_file_give_the_same_bits_as_those_that_are_read()
    {
        using WorkTeam team = new(2);
        int mapped = 0;
        foreach ((string folder, string name) in Cases())
        {
            SaeHints hints = SaeHints.FromMeta(Path.Combine(folder, SaeVerification.MetaName));
            using SparseCoder read = SaeReader.Read(folder, hints with { Mapping = SaeMapping.Never }).Sae;
            using SparseCoder inFile = SaeReader.Read(folder, hints with { Mapping = SaeMapping.WherePossible }).Sae;
            mapped += inFile is SparseAutoencoder { IsMapped: true } ? 1 : 0;
            Assert.False(read is SparseAutoencoder { IsMapped: true });
            using SaeGolden golden = new(folder);
            using Matrix x = golden.ReadVectors(read.InputWidth);
            using Matrix first = new(x.Rows, read.OutputWidth);
            using Matrix second = new(x.Rows, read.OutputWidth);
            SparseActivations expected = read.Forward(team, x, first);
            SparseActivations found = inFile.Forward(team, x, second);
            Assert.True(expected.Latent.SequenceEqual(found.Latent) && expected.Value.SequenceEqual(found.Value) && first.Span.SequenceEqual(second.Span), name);
            using Matrix pre = read.PreActivations(team, x, []);
            using Matrix preInFile = inFile.PreActivations(team, x, []);
            Assert.True(pre.Span.SequenceEqual(preInFile.Span), name);
        }

        Assert.True(mapped > 0);
    }

    [Fact]
    public void Llama_Scope_is_read_as_its_authors_describe_it_too()
    {
        int compared = 0;
        foreach ((string folder, string name) in Cases().Where(found => found.Name.StartsWith("llama_scope/", StringComparison.Ordinal)))
        {
            SaeHints hints = SaeHints.FromMeta(Path.Combine(folder, SaeVerification.MetaName)) with { Convention = SaeConvention.Authors };
            LoadedSae loaded = SaeReader.Read(folder, hints);
            using (loaded.Sae)
            {
                using SaeGolden golden = new(folder);
                golden.Compare(loaded, "formula_acts", "formula_out");
                using WorkTeam team = new(1);
                IReadOnlyList<TensorComparison> tensors = SaeVerification.Compare(team, loaded, Path.Combine(folder, "golden.safetensors"), SaeConvention.Authors);
                Assert.Equal(2, tensors.Count(tensor => tensor.Status == ComparisonStatus.Within));
                Assert.DoesNotContain(tensors, tensor => tensor.Status == ComparisonStatus.Beyond);
            }

            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void A_checkpoint_of_scaled_or_whitened_activations_gives_what_its_peer_saved_for_inference()
    {
        int compared = 0;
        foreach (string checkpoint in Fixtures.Cases("sae/saelens", folder => File.Exists(Path.Combine(folder, "activation_whitening.safetensors")), recursive: true))
        {
            LoadedSae loaded = SaeReader.Read(checkpoint);
            using (loaded.Sae)
            {
                // The peer folded the norms before it saved, so that its pre-activations have them already.
                using SaeGolden golden = new(Path.Combine(Path.GetDirectoryName(checkpoint)!, "inference"));
                golden.Compare(loaded with { FoldedDecoderNorms = [] });
            }

            compared++;
        }

        Assert.True(compared > 0);
    }

    private static void Verify(string folder, LoadedSae loaded)
    {
        using WorkTeam team = new(1);
        foreach (TensorComparison tensor in SaeVerification.Compare(team, loaded, Path.Combine(folder, "golden.safetensors")))
        {
            Assert.True(tensor.Status is ComparisonStatus.Within or ComparisonStatus.NotCompared, $"verify: {tensor.Name}: {tensor.MaxError:G3}");
        }
    }

    /// <summary>All cases but those of the metrics, which have no files of an SAE, with their names below sae/.</summary>
    private static IEnumerable<(string Folder, string Name)> Cases()
    {
        foreach (string folder in Fixtures.Cases("sae", SaeGolden.IsCase, recursive: true))
        {
            string root = Fixtures.Roots.First(root => folder.StartsWith(Path.Combine(root, "sae"), StringComparison.Ordinal));
            string name = Path.GetRelativePath(Path.Combine(root, "sae"), folder).Replace('\\', '/');
            if (!File.Exists(Path.Combine(folder, "metrics.json")))
            {
                yield return (folder, name);
            }
        }
    }
}
