using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Saltus.Kernels;

namespace Saltus.Cli.Bench;

/// <summary>What figures depend on beside the program.</summary>
/// <param name="Cpu">The processor's name, with family and model where it states them.</param>
/// <param name="Threads">Threads at work.</param>
/// <param name="Cores">Threads that the machine runs at once.</param>
internal sealed record BenchMachine(string Cpu, int Threads, int Cores)
{
    private const string LinuxFile = "/proc/cpuinfo";
    private const string LinuxKey = "model name";

    /// <summary>Gets the operating system.</summary>
    public string System { get; } = RuntimeInformation.OSDescription;

    /// <summary>Gets the runtime.</summary>
    public string Runtime { get; } = RuntimeInformation.FrameworkDescription;

    /// <summary>Gets the lanes of a <see cref="Vector{T}"/> of floats.</summary>
    public int Lanes { get; } = Vector<float>.Count;

    /// <summary>Gets the vectors that are instructions here, in bits.</summary>
    public IReadOnlyList<int> VectorBits { get; } =
    [
        .. new[]
        {
            (Bits: 128, Is: Vector128.IsHardwareAccelerated), (Bits: 256, Is: Vector256.IsHardwareAccelerated), (Bits: 512, Is: Vector512.IsHardwareAccelerated),
        }.Where(width => width.Is).Select(width => width.Bits),
    ];

    /// <summary>Gets the kernel of dense products that is chosen here.</summary>
    public string Kernel { get; } = KernelTable.Tile.GetType().Name;

    /// <summary>Looks at this machine.</summary>
    /// <param name="threads">Threads at work.</param>
    public static BenchMachine Read(int threads) => new(CpuName(), threads, Environment.ProcessorCount);

    /// <summary>Gets two lines for people.</summary>
    public override string ToString() =>
        $"{Cpu}, {Threads} of {Cores} threads; {System}, {Runtime}; Vector<float> of {Lanes} lanes, vectors of {string.Join(", ", VectorBits)} bits, products by {Kernel}";

    private static string CpuName()
    {
        if (X86Base.IsSupported)
        {
            return FromInstructions();
        }

        string? line = File.Exists(LinuxFile) ? File.ReadLines(LinuxFile).FirstOrDefault(text => text.StartsWith(LinuxKey, StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }

    /// <summary>The brand string: leaves 80000002 to 80000004 hold 48 characters; leaf 1 holds family and model.</summary>
    private static string FromInstructions()
    {
        StringBuilder name = new();
        Span<int> registers = stackalloc int[4];
        for (int leaf = 2; leaf <= 4; leaf++)
        {
            (registers[0], registers[1], registers[2], registers[3]) = X86Base.CpuId(unchecked((int)0x8000_0000) + leaf, 0);
            name.Append(Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers)));
        }

        int version = X86Base.CpuId(1, 0).Eax;
        int family = (version >> 8) & 15;
        int model = (version >> 4) & 15;
        if (family is 6 or 15)
        {
            model += (version >> 12) & 0xF0;
        }

        if (family == 15)
        {
            family += (version >> 20) & 0xFF;
        }

        return $"{InputException.OneLine(name.ToString().TrimEnd('\0', ' '))} (family {family}, model {model})";
    }
}
