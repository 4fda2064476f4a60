package io.promptferry.poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ListPlanTest {

  @Test
  void aPagePaysForTwoJobs() {
    assertThat(ListPlan.pays(0, List.of())).isFalse();
    assertThat(ListPlan.pays(0, List.of(1))).as("a tie goes to the single call").isFalse();
    assertThat(ListPlan.pays(0, List.of(1, 1))).isTrue();
    assertThat(ListPlan.pays(3, List.of(4))).isFalse();
    assertThat(ListPlan.pays(3, List.of(4, 4))).isTrue();
  }

  @Test
  void moreIsReadOnlyForMore() {
    assertThat(ListPlan.pays(0, List.of(2, 2))).isFalse();
    assertThat(ListPlan.pays(0, List.of(2, 2, 2))).isTrue();
    assertThat(ListPlan.pays(0, List.of(1, 2))).isFalse();
    assertThat(ListPlan.pays(0, List.of(9, 1, 1))).isTrue();
    assertThat(ListPlan.pays(2, List.of(9, 5, 5, 5, 5))).isTrue();
    assertThat(ListPlan.pays(0, List.of(50, 50, 50))).isFalse();
  }
}
