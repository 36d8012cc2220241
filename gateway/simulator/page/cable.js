// The line drawn between two phones that hear each other.

const SVG = "http://www.w3.org/2000/svg";
const [ASIDE, ABOVE, BEND] = [0.68, 4, 12]; // of the width, between number and speaker; and pixels

export class Cable {
  constructor(svg, stage) {
    this.svg = svg;
    this.stage = stage;
    this.pairs = [];
    new ResizeObserver(() => this.draw()).observe(stage);
  }

  // `pairs` are pairs of phones' elements.
  show(pairs) {
    this.pairs = pairs;
    this.draw();
  }

  draw() {
    this.svg.replaceChildren(...this.pairs.map(([one, other]) => this.line(this.top(one), this.top(other))));
  }

  top(phone) {
    const [box, stage] = [phone.getBoundingClientRect(), this.stage.getBoundingClientRect()];
    const shell = phone.querySelector(".shell").getBoundingClientRect();
    return { x: box.left + box.width * ASIDE - stage.left, y: shell.top - stage.top, high: box.top - stage.top - ABOVE };
  }

  line(one, other) {
    const [left, right] = one.x < other.x ? [one, other] : [other, one];
    const high = Math.min(left.high, right.high);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", [
      `M${left.x} ${left.y} V${high + BEND} Q${left.x} ${high} ${left.x + BEND} ${high}`,
      `H${right.x - BEND} Q${right.x} ${high} ${right.x} ${high + BEND} V${right.y}`,
    ].join(" "));
    return path;
  }
}
