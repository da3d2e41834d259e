# Figures and tables, written with nothing but `print`.

"The darts in the unit square, those inside the quarter disc in another colour."
function write_darts(file, points; size = 480)
    open(file, "w") do io
        println(io, """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $size $size">""")
        println(io, """<rect width="$size" height="$size" fill="white"/>""")
        for (x, y) in points
            colour = x^2 + y^2 <= 1 ? "#3a6ea5" : "#c8553d"
            @printf(io, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.6\" fill=\"%s\"/>\n", x * size, (1 - y) * size, colour)
        end
        println(io, """<path d="M0 0 A $size $size 0 0 1 $size $size" fill="none" stroke="black" stroke-width="2"/></svg>""")
    end
end

"Error against darts, both on logarithmic axes; the line is the standard error that theory expects."
function write_convergence(file, estimates, reference; width = 640, height = 420, margin = 60)
    decades_x, decades_y = (3, 9), (-7, 0)
    x(darts) = margin + (log10(darts) - decades_x[1]) / (decades_x[2] - decades_x[1]) * (width - 2margin)
    y(error) = height - margin - (log10(error) - decades_y[1]) / (decades_y[2] - decades_y[1]) * (height - 2margin)
    open(file, "w") do io
        println(io, """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height" font-family="sans-serif">""")
        println(io, """<rect width="$width" height="$height" fill="white"/>""")
        for decade in decades_x[1]:decades_x[2]
            @printf(io, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"12\">1e%d</text>\n", x(10.0^decade), height - margin + 20, decade)
        end
        for decade in decades_y[1]:decades_y[2]
            @printf(io, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" font-size=\"12\">1e%d</text>\n", margin - 8, y(10.0^decade) + 4, decade)
        end
        line = join((@sprintf("%.1f,%.1f", x(e.darts), y(e.error)) for e in estimates), ' ')
        println(io, """<polyline points="$line" fill="none" stroke="#c8553d" stroke-width="2"/>""")
        for e in estimates
            error = max(abs(e.pi - reference), 1e-7)
            @printf(io, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#3a6ea5\"/>\n", x(e.darts), y(error))
        end
        println(io, """<text x="$(width ÷ 2)" y="$(height - 12)" text-anchor="middle" font-size="14">darts</text>""")
        println(io, """<text x="$(width ÷ 2)" y="28" text-anchor="middle" font-size="16">Error of π (dots) and what theory expects (line)</text></svg>""")
    end
end

"One row for each estimate."
function write_table(file, estimates)
    open(file, "w") do io
        println(io, "darts,pi,standard_error,seconds")
        for e in estimates
            @printf(io, "%d,%.9f,%.3g,%.3f\n", e.darts, e.pi, e.error, e.seconds)
        end
    end
end
