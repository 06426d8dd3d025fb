using Persistence.CrashKit.Soak;
using Xunit;

namespace Persistence.CrashKit.Tests.Soak;

public sealed class SoakScheduleTests
{
    private static readonly TimeSpan Mean = TimeSpan.FromMinutes(10);

    [Fact]
    public void The_seed_decides()
    {
        Assert.Equal(Draw(seed: 7, count: 50), Draw(seed: 7, count: 50));
        Assert.NotEqual(Draw(seed: 7, count: 50), Draw(seed: 8, count: 50));
    }

    [Fact]
    public void The_first_life_ends_by_a_kill_and_one_of_every_four_by_a_clean_stop()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            SoakLife[] lives = Draw(seed, count: 40);
            Assert.True(lives[0].EndsByKill);
            Assert.All(lives.Chunk(4), four => Assert.Single(four, life => !life.EndsByKill));
        }
    }

    [Fact]
    public void Some_lives_are_short_and_some_are_long()
    {
        SoakLife[] lives = Draw(seed: 1, count: 2000);
        Assert.InRange(lives.Average(life => life.Time.TotalMinutes), 9, 11);
        Assert.Contains(lives, life => life.Time < Mean / 10);
        Assert.Contains(lives, life => life.Time > Mean * 3);
        Assert.All(lives, life => Assert.True(life.Time <= Mean * 4));
    }

    private static SoakLife[] Draw(int seed, int count)
    {
        SoakSchedule schedule = new(seed, Mean);
        return [.. Enumerable.Range(0, count).Select(_ => schedule.Next())];
    }
}
