package io.promptferry.local.jobs;

import static io.promptferry.local.jobs.Batches.batch;
import static io.promptferry.local.jobs.Batches.submitted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.memory.InMemoryProvider;
import io.promptferry.gemini.memory.KeyRing;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProviderJobsTest {

  private final Listed provider = new Listed();
  private final Accounts accounts = Accounts.only(provider);
  private final List<String> told = new ArrayList<>();
  private final Map<String, ProviderException> failures = new HashMap<>();

  @Test
  void oneReadingOfAllPagesServesAllBatches() {
    provider.pages =
        List.of(List.of(job("a", "p/a"), job("x", "p/x")), List.of(job("b", "p/b")), List.of());
    assertThat(names(of("a", "b"))).containsExactly("a=[batches/a]", "b=[batches/b]");
    assertThat(provider.calls).containsExactly("list ", "list 1", "list 2");
    assertThat(told).hasSize(2);
  }

  @Test
  void allJobsOfADisplayNameAreFoundAndEachOnce() {
    provider.pages = List.of(List.of(job("a", "p/a"), job("a2", "p/a")), List.of(job("a", "p/a")));
    assertThat(names(of("a"))).containsExactly("a=[batches/a, batches/a2]");
  }

  @Test
  void aRecordedJobThatTheListLacksIsAskedForByName() {
    provider.pages = List.of(List.of());
    provider.unlisted = List.of(job("a", "p/a"));
    assertThat(names(of("a", "b"))).containsExactly("a=[batches/a]", "b=[]");
    assertThat(provider.calls).containsExactly("list ", "get batches/a", "get batches/b");
  }

  @Test
  void aJobOfAnotherDeploymentIsNotTheBatchsOwn() {
    provider.pages = List.of(List.of(job("a", "other/a")));
    provider.unlisted = List.of(job("a", "other/a"));
    assertThat(names(of("a"))).containsExactly("a=[]");
  }

  @Test
  void eachAccountsListIsReadWithItsKey() {
    var research = new Listed();
    var keys = new KeyRing();
    keys.give("default", provider);
    keys.give("research", research);
    provider.pages = List.of(List.of(job("a", "p/a")));
    research.pages = List.of(List.of(job("b", "p/b")));
    BatchFold fold = BatchFold.summaries();
    fold.add(submitted(batch("a", 0), "batches/a", 100));
    Batch other = batch("b", 1);
    other.setLane(new Lane("m", "research", LaneKind.NORMAL, Map.of()));
    fold.add(submitted(other, "batches/b", 100));

    assertThat(names(ProviderJobs.of(fold.views(), "p", keys, told::add, failures)))
        .containsExactly("a=[batches/a]", "b=[batches/b]");
    assertThat(provider.calls).containsExactly("list ");
    assertThat(research.calls).containsExactly("list ");

    keys.take("research");
    assertThat(names(ProviderJobs.of(fold.views(), "p", keys, told::add, failures)))
        .as("the other account is compared all the same")
        .containsExactly("a=[batches/a]");
    assertThat(failures).containsOnlyKeys("research");
  }

  @Test
  void aListWithoutEndIsGivenUp() {
    provider.endless = true;
    assertThatThrownBy(() -> of("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("gemini.list.page.size");
  }

  private Map<String, List<RemoteJob>> of(String... ids) {
    BatchFold fold = BatchFold.summaries();
    int sealed = 0;
    for (String id : ids) {
      fold.add(submitted(batch(id, sealed++), "batches/" + id, 100));
    }
    return ProviderJobs.of(fold.views(), "p", accounts, told::add, failures);
  }

  private static List<String> names(Map<String, List<RemoteJob>> jobs) {
    return jobs.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue().stream().map(RemoteJob::name).toList())
        .toList();
  }

  private static RemoteJob job(String id, String displayName) {
    return new RemoteJob(
        "batches/" + id, displayName, "m", "RUNNING", null, null, null, null, null, null);
  }

  private static final class Listed extends InMemoryProvider {
    private List<List<RemoteJob>> pages = List.of();
    private List<RemoteJob> unlisted = List.of();
    private boolean endless;
    private final List<String> calls = new ArrayList<>();

    Listed() {
      super(Clock.systemUTC());
    }

    @Override
    public JobPage list(String token) {
      if (endless) {
        return new JobPage(List.of(), token.equals("x") ? "y" : "x");
      }
      calls.add("list " + token);
      int page = token.isEmpty() ? 0 : Integer.parseInt(token);
      return new JobPage(
          pages.get(page), page + 1 < pages.size() ? Integer.toString(page + 1) : "");
    }

    @Override
    public Optional<RemoteJob> get(String name) {
      calls.add("get " + name);
      return unlisted.stream().filter(job -> job.name().equals(name)).findFirst();
    }
  }
}
