// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class DescribeTest {
    private static final Key<List<String>> PEERS = Key.listOf("peers", String.class);
    private static final Key<String> PEER = Key.of("peer", String.class);
    private static final Key<String> VPC = Key.of("vpc", String.class);

    private record MakeVpc(Key<String> into) implements Step {
        @Override
        public Contract contract() {
            return Contract.of("MakeVpc").writing(into);
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return Mono.just(Outputs.of(into, "vpc-1"));
        }
    }

    private static final Pipe PIPE = Pipe.named("net")
            .needs(PEERS)
            .step("make", new MakeVpc(VPC))
            .holding("helper", Door.named("h"))
            .concurrently(
                    "routes",
                    Group.ofDefaults().atMost(2),
                    Element.step("vpc-route", Steps.reads(VPC)),
                    Element.pipe(
                            "fed-route",
                            Pipe.named("fed").step("add", Steps.reads()).build(),
                            UnaryOperator.identity()))
            .during(
                    "access",
                    Door.named("d"),
                    body -> body.forEach(
                            "peer",
                            Each.of(PEERS, PEER, name -> name).atMost(8),
                            item -> item.step("tunnel", Steps.reads(PEER))))
            .when("check", Input.value(true), "not asked for", body -> body.step("ping", Steps.reads(VPC)))
            .build();

    private static final Map<Path, String> MARKS =
            Map.of(Path.of("net/access/peer/tunnel"), "FAILED: refused", Path.of("net/routes"), "undone");

    @Test
    void theTreeHasOneLineAnElement() {
        assertThat(PIPE.describe().tree()).isEqualTo("""
                        net
                        ├─ make  MakeVpc
                        ├─ helper  Door, held to the end
                        ├─ routes  concurrently, at most 2
                        │  ├─ vpc-route
                        │  └─ fed-route
                        │     └─ add
                        ├─ access  Door, held during
                        │  └─ peer  for each, at most 8
                        │     └─ tunnel
                        └─ check  under a condition
                           └─ ping
                        """);
    }

    @Test
    void aPipePrintsAsItsTree() {
        assertThat(PIPE).hasToString(PIPE.describe().tree());
        assertThat(PIPE.describe()).hasToString(PIPE.describe().tree());
    }

    @Test
    void theTreeMarksPlaces() {
        assertThat(PIPE.describe().tree(MARKS)).isEqualTo("""
                        net
                        ├─ make  MakeVpc
                        ├─ helper  Door, held to the end
                        ├─ routes  concurrently, at most 2  undone
                        │  ├─ vpc-route
                        │  └─ fed-route
                        │     └─ add
                        ├─ access  Door, held during
                        │  └─ peer  for each, at most 8
                        │     └─ tunnel  FAILED: refused
                        └─ check  under a condition
                           └─ ping
                        """);
    }

    @Test
    void theMermaidChartHasSubgraphsForBodiesAndArrowsWhereOneFollowsTheOther() {
        assertThat(PIPE.describe().mermaid()).isEqualTo("""
                        flowchart TD
                          subgraph n0["net"]
                            n1["make<br/>MakeVpc"]
                            subgraph n2["helper<br/>Door, held to the end"]
                              subgraph n3["routes<br/>concurrently, at most 2"]
                                n4["vpc-route"]
                                subgraph n5["fed-route"]
                                  n6["add"]
                                end
                              end
                              subgraph n7["access<br/>Door, held during"]
                                subgraph n8["peer<br/>for each, at most 8"]
                                  n9["tunnel"]
                                end
                              end
                              subgraph n10["check<br/>under a condition"]
                                n11["ping"]
                              end
                            end
                          end
                          n3 --> n7
                          n7 --> n10
                          n1 --> n2
                        """);
    }

    @Test
    void theMermaidChartMarksPlaces() {
        assertThat(PIPE.describe().mermaid(MARKS)).isEqualTo("""
                        flowchart TD
                          subgraph n0["net"]
                            n1["make<br/>MakeVpc"]
                            subgraph n2["helper<br/>Door, held to the end"]
                              subgraph n3["routes<br/>concurrently, at most 2<br/>undone"]
                                n4["vpc-route"]
                                subgraph n5["fed-route"]
                                  n6["add"]
                                end
                              end
                              subgraph n7["access<br/>Door, held during"]
                                subgraph n8["peer<br/>for each, at most 8"]
                                  n9["tunnel<br/>FAILED: refused"]
                                end
                              end
                              subgraph n10["check<br/>under a condition"]
                                n11["ping"]
                              end
                            end
                          end
                          n3 --> n7
                          n7 --> n10
                          n1 --> n2
                          classDef marked stroke:#c00,stroke-width:3px
                          class n3,n9 marked
                        """);
    }

    @Test
    void theDotGraphHasClustersForBodiesAndEdgesWhereOneFollowsTheOther() {
        assertThat(PIPE.describe().dot()).isEqualTo("""
                        digraph "net" {
                          compound=true; node [shape=box];
                          subgraph cluster_n0 {
                            label="net";
                            n1 [label="make\\nMakeVpc"];
                            subgraph cluster_n2 {
                              label="helper\\nDoor, held to the end";
                              subgraph cluster_n3 {
                                label="routes\\nconcurrently, at most 2";
                                n4 [label="vpc-route"];
                                subgraph cluster_n5 {
                                  label="fed-route";
                                  n6 [label="add"];
                                }
                              }
                              subgraph cluster_n7 {
                                label="access\\nDoor, held during";
                                subgraph cluster_n8 {
                                  label="peer\\nfor each, at most 8";
                                  n9 [label="tunnel"];
                                }
                              }
                              subgraph cluster_n10 {
                                label="check\\nunder a condition";
                                n11 [label="ping"];
                              }
                            }
                          }
                          n6 -> n9 [ltail=cluster_n3, lhead=cluster_n7];
                          n9 -> n11 [ltail=cluster_n7, lhead=cluster_n10];
                          n1 -> n4 [lhead=cluster_n2];
                        }
                        """);
    }

    @Test
    void theDotGraphMarksPlaces() {
        assertThat(PIPE.describe().dot(MARKS)).isEqualTo("""
                        digraph "net" {
                          compound=true; node [shape=box];
                          subgraph cluster_n0 {
                            label="net";
                            n1 [label="make\\nMakeVpc"];
                            subgraph cluster_n2 {
                              label="helper\\nDoor, held to the end";
                              subgraph cluster_n3 {
                                label="routes\\nconcurrently, at most 2\\nundone"; color=red;
                                n4 [label="vpc-route"];
                                subgraph cluster_n5 {
                                  label="fed-route";
                                  n6 [label="add"];
                                }
                              }
                              subgraph cluster_n7 {
                                label="access\\nDoor, held during";
                                subgraph cluster_n8 {
                                  label="peer\\nfor each, at most 8";
                                  n9 [label="tunnel\\nFAILED: refused", color=red];
                                }
                              }
                              subgraph cluster_n10 {
                                label="check\\nunder a condition";
                                n11 [label="ping"];
                              }
                            }
                          }
                          n6 -> n9 [ltail=cluster_n3, lhead=cluster_n7];
                          n9 -> n11 [ltail=cluster_n7, lhead=cluster_n10];
                          n1 -> n4 [lhead=cluster_n2];
                        }
                        """);
    }

    @Test
    void theOutlineSaysPathKindContractAndBoundOfEachElement() {
        List<String> lines = new ArrayList<>();
        walk(PIPE.describe(), lines);

        assertThat(lines)
                .containsExactly(
                        "net pipe - 1",
                        "net/make step MakeVpc 1",
                        "net/helper scope Door 1",
                        "net/routes group - 2",
                        "net/routes/vpc-route step lambda 1",
                        "net/routes/fed-route pipe - 1",
                        "net/routes/fed-route/add step lambda 1",
                        "net/access scope Door 1",
                        "net/access/peer fan-out - 8",
                        "net/access/peer/tunnel step lambda 1",
                        "net/check condition - 1",
                        "net/check/ping step lambda 1");
    }

    private static void walk(Outline outline, List<String> lines) {
        lines.add(outline.path() + " " + outline.kind() + " "
                + outline.contract().map(Contract::type).orElse("-") + " " + outline.bound());
        outline.children().forEach(child -> walk(child, lines));
    }

    @Test
    void anUnboundedGroupSaysSo() {
        Outline group = Pipe.named("p")
                .concurrently("all", Element.step("a", Steps.reads()))
                .build()
                .describe()
                .children()
                .get(0);

        assertThat(group.kind()).isEqualTo(ElementKind.GROUP);
        assertThat(group.bound()).isEqualTo(Integer.MAX_VALUE);
        assertThat(group.tree()).startsWith("p/all  concurrently\n");
    }

    @Test
    void theContractInTheOutlineIsAllThatTheStepDeclares() {
        Contract contract = PIPE.describe().children().get(0).contract().orElseThrow();

        assertThat(contract.type()).isEqualTo("MakeVpc");
        assertThat(contract.version()).isEqualTo(1);
        assertThat(contract.reads()).isEmpty();
        assertThat(contract.writes()).isEqualTo(Set.of(VPC));
        assertThat(contract.effect()).isEqualTo(Effect.undoable());
        assertThat(contract).hasToString("MakeVpc v1 reads [] writes [vpc]");
    }

    @Test
    void quotesInMarksDoNotBreakTheDrawings() {
        Map<Path, String> marks = Map.of(Path.of("net/make"), "said \"no\"");

        assertThat(PIPE.describe().dot(marks)).contains("label=\"make\\nMakeVpc\\nsaid 'no'\"");
        assertThat(PIPE.describe().mermaid(marks)).contains("[\"make<br/>MakeVpc<br/>said 'no'\"]");
    }
}
